const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// Keeps tab and newline. Bidirectional controls could make a command read as another one.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What a terminal would obey is taken out; what is left can only be read. */
export function plainText(text: string): string {
  return text.replace(ESCAPES, '').replace(/\r\n/g, '\n').replace(CONTROLS, '');
}

/** The beginning of a text, and how many characters are left out. */
export function cut(text: string, most: number): [string, number] {
  return text.length <= most ? [text, 0] : [text.slice(0, most), text.length - most];
}
