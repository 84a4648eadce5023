// The words of this page and what the service gave it to begin with.

const read = (id) => JSON.parse(document.getElementById(id).textContent);

export const given = read("given");
const messages = read("words");

function filled(message, key, blanks) {
  return message.replace(/\{(\w+)\}/g, (_, name) => {
    if (!(name in blanks)) throw new Error(`${key}: nothing for ${name}`);
    return blanks[name];
  });
}

/** Say whether there is a message. */
export const has = (key) => key in messages;

/** Give a message with its blanks filled. */
export function t(key, blanks = {}) {
  const message = messages[key];
  if (typeof message !== "string") throw new Error(`no message ${key}`);
  return filled(message, key, blanks);
}

/** Give a message that counts something: its form is chosen by the count. */
export function n(key, count, blanks = {}) {
  const forms = messages[key];
  if (!Array.isArray(forms)) throw new Error(`no counting message ${key}`);
  return filled(forms[count === 1 ? 0 : forms.length - 1], key, { count, ...blanks });
}
