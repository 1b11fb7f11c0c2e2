import { html, type LitElement, type ReactiveController, type TemplateResult } from 'lit';
import { createRef } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { stretches } from './stretches.js';

/** Drawn before it is known where the table is; more than a screen shows. */
const FIRST = 40;
/** Drawn beyond each end of what is seen, so that the keyboard finds the next row. */
const SPARE = 15;
/** Once fewer than that are left beyond an end, others are drawn. */
const LEAST = 5;

/**
 * The rows of a table that are near what is seen of it; gaps stand for the others, so that a long table costs no more than a
 * short one. The row that had the focus last stays. The table says its `aria-rowcount`, and each row its `aria-rowindex`.
 */
export class RowWindow<T> implements ReactiveController {
  readonly table = createRef<HTMLTableElement>();
  readonly #host: LitElement;
  readonly #keyOf: (row: T) => unknown;
  #all: readonly T[] = [];
  #from = 0;
  #to = FIRST;
  /** In pixels: the lowest that was seen, so that what is estimated to be seen is never less than what is. */
  #rowHeight = 0;
  #kept: unknown;
  #observed: HTMLTableElement | undefined;
  readonly #look = (): void => this.#follow();
  readonly #resize = new ResizeObserver(this.#look);

  constructor(host: LitElement, keyOf: (row: T) => unknown) {
    this.#host = host;
    this.#keyOf = keyOf;
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener('scroll', this.#look, { capture: true, passive: true });
    addEventListener('resize', this.#look);
  }

  hostDisconnected(): void {
    removeEventListener('scroll', this.#look, { capture: true });
    removeEventListener('resize', this.#look);
    this.#resize.disconnect();
    this.#observed = undefined;
  }

  hostUpdated(): void {
    const table = this.table.value;
    if (table !== this.#observed) {
      this.#resize.disconnect();
      this.#observed = table;
      if (table !== undefined) {
        this.#resize.observe(table);
      }
    }
  }

  /** Remembers the row that got the focus. */
  readonly #keep = (event: FocusEvent): void => {
    const index = (event.target as Element).closest('tr')?.ariaRowIndex;
    const row = index === undefined || index === null ? undefined : this.#all[Number(index) - 2];
    this.#kept = row === undefined ? undefined : this.#keyOf(row);
  };

  /** The body of the table: of all rows those that are drawn, and gaps. */
  body(all: readonly T[], draw: (row: T, rowIndex: number) => TemplateResult): TemplateResult {
    this.#all = all;
    if (this.#from >= all.length) {
      this.#from = Math.max(0, all.length - FIRST);
      this.#to = this.#from + FIRST;
    }
    const kept = this.#kept === undefined ? -1 : all.findIndex((row) => this.#keyOf(row) === this.#kept);
    const parts = stretches(all.length, this.#from, this.#to, kept).flatMap(({ from, to, isDrawn }): Part<T>[] =>
      isDrawn
        ? all.slice(from, to).map((row, index) => ({ key: this.#keyOf(row), row, index: from + index }))
        : [{ key: `gap ${from}`, height: (to - from) * this.#rowHeight }],
    );
    return html`<tbody @focusin=${this.#keep}>
      ${repeat(
        parts,
        ({ key }) => key,
        (part) =>
          'row' in part ? draw(part.row, part.index + 2) : html`<tr class="gap" aria-hidden="true" .style=${`height: ${part.height}px`}></tr>`,
      )}
    </tbody>`;
  }

  /** Draws others when what is seen comes near an end of what is drawn. */
  #follow(): void {
    const end = Math.min(this.#to, this.#all.length);
    const rows = Array.from(this.table.value?.tBodies[0]?.rows ?? [])
      .map((row) => ({ index: Number(row.ariaRowIndex) - 2, box: row.getBoundingClientRect() }))
      .filter(({ index }) => index >= this.#from && index < end);
    const first = rows.at(0);
    const last = rows.at(-1);
    if (first === undefined || last === undefined) {
      return;
    }
    const lowest = Math.min(...rows.map(({ box }) => box.height));
    if (this.#rowHeight === 0 || lowest < this.#rowHeight) {
      this.#rowHeight = lowest;
      this.#host.requestUpdate();
    }
    const spare = LEAST * this.#rowHeight;
    const isShort = (this.#from > 0 && first.box.top > -spare) || (end < this.#all.length && last.box.bottom < innerHeight + spare);
    if (isShort) {
      const seen = rows.find(({ box }) => box.bottom > 0 && box.top < innerHeight);
      const index = seen?.index ?? Math.floor(this.#from - first.box.top / this.#rowHeight);
      this.#from = Math.max(0, index - SPARE);
      this.#to = Math.max(this.#from + FIRST, index + Math.ceil(innerHeight / this.#rowHeight) + SPARE);
      this.#host.requestUpdate();
    }
  }
}

type Part<T> = { key: unknown; row: T; index: number } | { key: string; height: number };
