// Makes elements; no text is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

function furnished(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((one) => one !== null && one !== undefined));
  return element;
}

/** Make an element of the page. */
export const h = (tag, attributes = {}, ...children) =>
  furnished(document.createElement(tag), attributes, children);

/** Make an element of a drawing. */
export const s = (tag, attributes = {}, ...children) =>
  furnished(document.createElementNS(SVG, tag), attributes, children);

/** Change a text only where it differs, so that nothing is drawn or read anew. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
