import { FilterProblem, isSpace, readValue } from './syntax.js';
import { shown, VALUES, type Side, type Test } from './values.js';

/** The grammar is docs/flows.md's; test/filter.test.ts holds this reading of it to the vectors that Java is held to. */

const MOST = 4_000;

export const KEYS: readonly string[] = Object.keys(VALUES);

/** What a text means: which flows it lets through, or why it is no filter. */
export type Outcome = { isValid: true; matches: Test } | { isValid: false; problem: string; position: number };

export function parse(text: string): Outcome {
  try {
    const terms = parseTerms(text);
    return { isValid: true, matches: (flow) => terms.every((term) => term(flow)) };
  } catch (error) {
    if (error instanceof FilterProblem) {
      return { isValid: false, problem: `At ${error.position + 1}: ${error.message}; ${error.remedy}.`, position: error.position };
    }
    throw error;
  }
}

function parseTerms(text: string): Test[] {
  if (text.length > MOST) {
    throw new FilterProblem(MOST, `the filter has more than ${MOST} characters`, 'write fewer or shorter values');
  }
  const terms: Test[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const [term, end] = parseTerm(text, at);
    terms.push(term);
    at = skipSpace(text, end);
  }
  return terms;
}

function skipSpace(text: string, at: number): number {
  let end = at;
  while (end < text.length && isSpace(text[end] as string)) {
    end++;
  }
  return end;
}

function parseTerm(text: string, begin: number): [Test, number] {
  const isNegated = text[begin] === '!';
  const start = isNegated ? begin + 1 : begin;
  const key = /^([a-z.]+):/.exec(text.slice(start))?.[1];
  if (key === undefined) {
    const word = /^[^ \t\r\n]*/.exec(text.slice(start))?.[0] ?? '';
    throw new FilterProblem(
      start,
      `${shown(word)} is no key with a colon and a value`,
      'write key:value, such as any:web, to.port:443 or verdict:dropped',
    );
  }
  const [tests, end] = parseValues(text, start, key);
  return [(flow) => tests.some((test) => test(flow)) !== isNegated, end];
}

function parseValues(text: string, start: number, key: string): [Test[], number] {
  const [, prefix, name = key] = /^(from|to)\.(.*)$/.exec(key) ?? [];
  const side: Side = (prefix as Side | undefined) ?? 'either';
  const values = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
  if (values === undefined) {
    throw new FilterProblem(start, `no key is called ${shown(name)}`, `the keys are ${KEYS.join(', ')}`);
  }
  if (side !== 'either' && !values.isSided) {
    throw new FilterProblem(start, `${name} has no sides`, `write ${name}: without from. or to.`);
  }
  const tests: Test[] = [];
  let at = start + key.length;
  do {
    const lexeme = readValue(text, at + 1);
    tests.push(values.read(lexeme, side));
    at = lexeme.end;
  } while (text[at] === ',');
  return [tests, at];
}
