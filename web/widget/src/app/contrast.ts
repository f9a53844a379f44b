// An accent that a site chose for its beauty is moved until everyone can read it.

export type Rgb = readonly [number, number, number];

/** WCAG 2.2 AA for text. */
export const CONTRAST_MIN = 4.5;
/** Light words on a dark ground want more. */
const DARK_CONTRAST_MIN = 6;
/** The darkest and the lightest ground on which accent is written: a bubble on the panel. */
const LIGHT_GROUND: Rgb = [0xf0, 0xed, 0xe6];
const DARK_GROUND: Rgb = [0x2a, 0x27, 0x23];
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const DEEP: Rgb = [0x16, 0x18, 0x17];
const STEPS = 50;
const SOFT_SHARE = 0.8;
/** Large light areas on a dark ground glare unless they are less strong. */
const CALM_SHARE = 0.9;
const FALLBACK: Rgb = [0x0d, 0x6b, 0x5e];

export interface Accent {
  accent: string;
  accentInk: string;
  accentSoft: string;
}

export function parseHex(text: string): Rgb | undefined {
  const hex = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (!hex) return undefined;
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
  const number = parseInt(full, 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

export function luminance(color: Rgb): number {
  const [r, g, b] = color.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The accent and its companions for a scheme, all readable. */
export function accentFor(wanted: string, scheme: "light" | "dark"): Accent {
  const isDark = scheme === "dark";
  const ground = isDark ? DARK_GROUND : LIGHT_GROUND;
  const least = isDark ? DARK_CONTRAST_MIN : CONTRAST_MIN;
  const start = parseHex(wanted) ?? FALLBACK;
  let accent = start;
  for (let step = 1; step <= STEPS && contrast(accent, ground) < least; step += 1) {
    accent = withLightness(start, step / STEPS, isDark ? 1 : 0);
  }
  const darkInk = mix(accent, BLACK, 0.84);
  const ink = contrast(accent, WHITE) >= CONTRAST_MIN ? WHITE : darkInk;
  return {
    accent: toHex(accent),
    accentInk: toHex(contrast(accent, ink) >= CONTRAST_MIN ? ink : BLACK),
    accentSoft: toHex(softOf(accent, isDark ? DEEP : WHITE)),
  };
}

/** The same hue, part of the way to the lightest or darkest it can be. */
function withLightness(color: Rgb, share: number, to: 0 | 1): Rgb {
  const [high, low] = [Math.max(...color) / 255, Math.min(...color) / 255];
  const lightness = (high + low) / 2;
  const room = 1 - Math.abs(2 * lightness - 1);
  const saturation = room === 0 ? 0 : (high - low) / room;
  const wanted = lightness + (to - lightness) * share;
  const strength = saturation * (to === 1 ? 1 - share * CALM_SHARE : 1);
  const chroma = (1 - Math.abs(2 * wanted - 1)) * strength;
  const part = (channel: number) => {
    const place = high === low ? 0.5 : (channel / 255 - low) / (high - low);
    return Math.round(255 * (wanted + (place - 0.5) * chroma));
  };
  return [part(color[0]), part(color[1]), part(color[2])];
}

/** A ground in the accent's own hue, on which the accent can still be read. */
function softOf(accent: Rgb, ground: Rgb): Rgb {
  for (let share = SOFT_SHARE; share < 1; share += 1 / STEPS) {
    const soft = mix(accent, ground, share);
    if (contrast(accent, soft) >= CONTRAST_MIN) return soft;
  }
  return ground;
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const part = (at: 0 | 1 | 2) => Math.round(a[at] + (b[at] - a[at]) * share);
  return [part(0), part(1), part(2)];
}

function toHex(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
