// A field to sign in with a finger; it gives strokes, not a picture: they are small and sharp.

import { h } from "./dom.js";

const WIDTH = 600;
const HEIGHT = 200;
const NEAR = 3;
const MOST = 19_000;

/** Make the field: its canvas, whether anything was drawn, and the strokes as an SVG path. */
export function signatureField(label) {
  const canvas = h("canvas", { width: WIDTH, height: HEIGHT, class: "signature", role: "img",
    "aria-label": label });
  const pen = canvas.getContext("2d");
  pen.lineWidth = 3;
  pen.lineCap = pen.lineJoin = "round";
  let strokes = [];
  let stroke = null;
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const inside = (value, most) => Math.min(Math.max(Math.round(value), 0), most);
    return [inside(((clientX - left) / width) * WIDTH, WIDTH),
      inside(((clientY - top) / height) * HEIGHT, HEIGHT)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke = [at(event)];
    strokes.push(stroke);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const [x, y] = at(event);
    const [fromX, fromY] = stroke.at(-1);
    if (Math.hypot(x - fromX, y - fromY) < NEAR) return;
    stroke.push([x, y]);
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.beginPath();
    pen.moveTo(fromX, fromY);
    pen.lineTo(x, y);
    pen.stroke();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      stroke = null;
    });
  }
  return {
    canvas,
    clear() {
      strokes = [];
      pen.clearRect(0, 0, WIDTH, HEIGHT);
    },
    path() {
      const drawn = strokes.filter((one) => one.length > 1)
        .map((one) => `M${one.map((point) => point.join(" ")).join("L")}`);
      let path = "";
      for (const one of drawn) if (path.length + one.length <= MOST) path += one;
      return path;
    },
  };
}
