import { autocompletion, completionKeymap, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, defaultHighlightStyle, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { linter, lintGutter, lintKeymap, type Diagnostic } from '@codemirror/lint';
import { EditorState, type Text } from '@codemirror/state';
import { EditorView, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import type { CompletionItem, Position } from 'vscode-json-languageservice';
import schemaUrl from '../../../../../../contracts/src/main/resources/io/aegisflux/segmentation/contracts/policy.schema.json?url';
import { plain, SchemaService } from './schema-service.js';

const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--allowed)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--audited)' },
]);

const LOOK = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '0.9rem' },
  '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { color: 'var(--muted)', backgroundColor: 'var(--surface)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--raised)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--line) !important' },
  '.cm-tooltip': { color: 'var(--text)', backgroundColor: 'var(--surface)', border: '1px solid var(--line)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { color: 'var(--on-accent)', backgroundColor: 'var(--accent)' },
});

/** A text field for one policy that knows the schema. It says `edit` with the number of what is wrong after each change. */
class PolicyEditor extends LitElement {
  static override properties = { text: { attribute: false } };
  static override styles = css`
    :host,
    .field {
      display: block;
      height: 100%;
    }
  `;
  /** What it begins with; the text as it is now is {@link value}. */
  declare text: string;
  #view: EditorView | undefined;
  #service: Promise<SchemaService> | undefined;

  get value(): string {
    return this.#view?.state.doc.toString() ?? this.text;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#view?.destroy();
    this.#view = undefined;
  }

  protected override render(): TemplateResult {
    return html`<div class="field"></div>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (this.#view === undefined) {
      this.#view = this.#create();
    } else if (changed.has('text')) {
      this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: this.text } });
    }
  }

  #create(): EditorView {
    return new EditorView({
      parent: this.renderRoot.querySelector('.field') as HTMLElement,
      root: this.renderRoot as ShadowRoot,
      state: EditorState.create({
        doc: this.text,
        extensions: [
          lineNumbers(),
          history(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          json(),
          syntaxHighlighting(COLOURS),
          syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
          linter((view) => this.#lint(view), { delay: 200 }),
          lintGutter(),
          autocompletion({ override: [(context) => this.#complete(context)] }),
          hoverTooltip((view, position) => this.#hover(view, position)),
          // Tab moves on, as everywhere on the page: a keyboard is never caught in here.
          keymap.of([...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': 'Policy document, JSON', tabindex: '0' }),
          LOOK,
        ],
      }),
    });
  }

  #schema(): Promise<SchemaService> {
    this.#service ??= fetch(schemaUrl)
      .then((answer) => answer.json() as Promise<object>)
      .then((schema) => new SchemaService(schema));
    return this.#service;
  }

  async #lint(view: EditorView): Promise<Diagnostic[]> {
    const { doc } = view.state;
    const service = await this.#schema();
    const problems = await service.problems(doc.toString());
    const found = problems.map((problem): Diagnostic => {
      const { start, end } = problem.range;
      return { from: offset(doc, start), to: offset(doc, end), severity: 'error', message: plain(problem.message) };
    });
    this.dispatchEvent(new CustomEvent('edit', { detail: found.map((each) => `line ${doc.lineAt(each.from).number}: ${each.message}`) }));
    return found;
  }

  async #complete(context: CompletionContext): Promise<CompletionResult | null> {
    if (!context.explicit && context.matchBefore(/["\w]/) === null) {
      return null;
    }
    const service = await this.#schema();
    const { doc } = context.state;
    const items = await service.completions(doc.toString(), context.pos);
    const range = items[0]?.textEdit;
    const from = range !== undefined && 'range' in range ? offset(doc, range.range.start) : context.pos;
    return { from, options: items.map(option) };
  }

  async #hover(view: EditorView, position: number): Promise<{ pos: number; create: () => { dom: HTMLElement } } | null> {
    const service = await this.#schema();
    const meaning = await service.meaning(view.state.doc.toString(), position);
    if (meaning === '') {
      return null;
    }
    return {
      pos: position,
      create: () => {
        const dom = document.createElement('div');
        dom.textContent = meaning;
        return { dom };
      },
    };
  }
}

function offset(doc: Text, { line, character }: Position): number {
  return Math.min(doc.length, doc.line(Math.min(doc.lines, line + 1)).from + character);
}

function option(item: CompletionItem): Completion {
  const insert = item.textEdit?.newText ?? item.insertText ?? item.label;
  return {
    label: insert.startsWith('"') ? `"${item.label.replaceAll('"', '')}"` : item.label,
    // Placeholders of snippets are what VS Code fills in: here their default stands.
    apply: insert.replaceAll(/\$\{\d+:([^}]*)\}|\$\d+/g, '$1').replaceAll('\\$', '$'),
    ...(typeof item.documentation === 'string' ? { info: item.documentation } : {}),
  };
}

export type { PolicyEditor };

customElements.define('seg-policy-editor', PolicyEditor);
