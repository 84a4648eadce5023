// Sound is never the only signal, and off until a click. Critical: two tones every 30 seconds until
// somebody has acknowledged; warning: once; predicted: none.

const KEY = "coldgrid_sound";
const EVERY = 30_000;
const TONES = { critical: [880, 660], warning: [520] };
const TONE_S = 0.22;

let context = null;
let lastCritical = 0;

export const isOn = () => context !== null && context.state === "running";

/** Was it on before the page was opened anew? Browsers want another click then. */
export const wasOn = () => localStorage.getItem(KEY) === "on";

/** Switch it; only ever called by a click or a key. */
export async function toggle() {
  if (isOn()) {
    await context.close();
    context = null;
  } else {
    context = new AudioContext();
    await context.resume();
    play("warning");
  }
  localStorage.setItem(KEY, isOn() ? "on" : "off");
  return isOn();
}

function play(severity) {
  if (!isOn()) return;
  TONES[severity].forEach((frequency, place) => {
    const tone = new OscillatorNode(context, { frequency });
    const loudness = new GainNode(context, { gain: 0.25 });
    tone.connect(loudness).connect(context.destination);
    const begin = context.currentTime + place * TONE_S * 1.4;
    tone.start(begin);
    tone.stop(begin + TONE_S);
  });
}

/** Sound for a new warning. */
export const warn = () => play("warning");

/** Sound while a critical alarm waits; called every second. */
export function remind(isCriticalWaiting, now) {
  if (!isCriticalWaiting) {
    lastCritical = 0;
  } else if (now - lastCritical >= EVERY) {
    lastCritical = now;
    play("critical");
  }
}
