import { html, nothing, type TemplateResult } from 'lit';
import type { Refusal } from '../bus/refusal.js';

/** A refusal with its reason and remedy. */
export function refusalNote(refusal: Refusal | undefined): TemplateResult | typeof nothing {
  return refusal === undefined
    ? nothing
    : html`<div class="refusal" role="alert" data-testid="refusal">
        <p><strong>${refusal.code}</strong> ${refusal.message}</p>
        ${refusal.hint === undefined ? nothing : html`<p class="muted">${refusal.hint}</p>`}
        ${refusal.violations.length === 0
          ? nothing
          : html`<ul>
              ${refusal.violations.map(
                (each) => html`<li><span class="mono">${each.path || '/'}</span> ${each.reason} <span class="muted">${each.hint}</span></li>`,
              )}
            </ul>`}
      </div>`;
}
