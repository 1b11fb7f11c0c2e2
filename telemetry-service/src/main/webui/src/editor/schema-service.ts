import { getLanguageService, TextDocument, type CompletionItem, type Diagnostic, type LanguageService } from 'vscode-json-languageservice';

const DOCUMENT = 'policy.json';
const SCHEMA = 'policy.schema.json';

/** What the schema of policies has to say about a text: what is wrong, what may stand here, what a member means. */
export class SchemaService {
  readonly #service: LanguageService = getLanguageService({});

  constructor(schema: object) {
    this.#service.configure({ validate: true, schemas: [{ uri: SCHEMA, fileMatch: ['*'], schema }] });
  }

  /** What is wrong, by line and column of the text. */
  problems(text: string): PromiseLike<Diagnostic[]> {
    const document = TextDocument.create(DOCUMENT, 'json', 1, text);
    return this.#service.doValidation(document, this.#service.parseJSONDocument(document));
  }

  /** What may stand at an offset. */
  async completions(text: string, offset: number): Promise<readonly CompletionItem[]> {
    const document = TextDocument.create(DOCUMENT, 'json', 1, text);
    const list = await this.#service.doComplete(document, document.positionAt(offset), this.#service.parseJSONDocument(document));
    return list?.items ?? [];
  }

  /** What the member at an offset means, as plain text; empty when there is nothing to say. */
  async meaning(text: string, offset: number): Promise<string> {
    const document = TextDocument.create(DOCUMENT, 'json', 1, text);
    const hover = await this.#service.doHover(document, document.positionAt(offset), this.#service.parseJSONDocument(document));
    const contents = hover?.contents ?? [];
    return (Array.isArray(contents) ? contents : [contents]).map(plain).join('\n');
  }
}

/** Text that may come with a mark-up, without it. */
export function plain(part: string | { value: string }): string {
  return typeof part === 'string' ? part : part.value;
}
