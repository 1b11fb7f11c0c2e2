import { html, type TemplateResult } from 'lit';
import type { Verdict } from '../bus/messages.js';

/** Glyph and word of each verdict: colour is never the only sign. */
export const VERDICTS: Record<Verdict, { glyph: string; word: string }> = {
  allowed: { glyph: '✔', word: 'allowed' },
  dropped: { glyph: '✖', word: 'dropped' },
  audited: { glyph: '◐', word: 'audited' },
};

export function badge(verdict: Verdict): TemplateResult {
  const { glyph, word } = VERDICTS[verdict];
  return html`<span class="badge ${verdict}"><span aria-hidden="true">${glyph}</span> ${word}</span>`;
}
