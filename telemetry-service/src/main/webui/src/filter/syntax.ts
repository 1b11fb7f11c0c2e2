/** A text that is no filter. */
export class FilterProblem extends Error {
  /** UTF-16 units of the text before what is wrong. */
  readonly position: number;
  readonly remedy: string;

  constructor(position: number, message: string, remedy: string) {
    super(message);
    this.position = position;
    this.remedy = remedy;
  }
}

/** A value as it stands in a filter. */
export interface Lexeme {
  text: string;
  position: number;
  isQuoted: boolean;
  /** Whether an asterisk follows: more may come. */
  isOpen: boolean;
  /** The position behind it. */
  end: number;
}

const SPACES = ' \t\r\n';
const ENDS = `${SPACES},`;

export function isSpace(character: string): boolean {
  return SPACES.includes(character);
}

/** A value as it has to be written in a filter: in quotes where it needs them. */
export function written(value: string): string {
  return /[ \t\r\n,"*]/.test(value) ? quoted(value) : value;
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** @throws FilterProblem when no value stands there */
export function readValue(text: string, at: number): Lexeme {
  return text[at] === '"' ? readQuoted(text, at) : readWord(text, at);
}

function readWord(text: string, at: number): Lexeme {
  let end = at;
  for (; end < text.length && !ENDS.includes(text[end] as string) && text[end] !== '*'; end++) {
    if (text[end] === '"') {
      throw new FilterProblem(end, 'a quote within a value', 'put the whole value into quotes, and \\" for a quote in it');
    }
  }
  return closed(text, text.slice(at, end), at, false, end);
}

function readQuoted(text: string, at: number): Lexeme {
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '"') {
      return closed(text, value, at, true, i + 1);
    }
    if (text[i] === '\\') {
      i++;
      if (text[i] !== '"' && text[i] !== '\\') {
        throw new FilterProblem(i - 1, 'a backslash that escapes nothing', 'write \\\\ for a backslash, \\" for a quote');
      }
    }
    value += text[i];
  }
  throw new FilterProblem(at, 'a quote that is not closed', 'end the value with "');
}

function closed(text: string, value: string, at: number, isQuoted: boolean, end: number): Lexeme {
  const isOpen = text[end] === '*';
  const behind = isOpen ? end + 1 : end;
  if (behind < text.length && !ENDS.includes(text[behind] as string)) {
    throw new FilterProblem(
      behind,
      isOpen ? 'something behind an asterisk' : 'something behind a closing quote',
      'a value ends here: go on with a comma or a space',
    );
  }
  if (value === '' && !isOpen) {
    throw new FilterProblem(at, 'a value is missing', 'write one, or take the comma or the key away');
  }
  return { text: value, position: at, isQuoted, isOpen, end: behind };
}
