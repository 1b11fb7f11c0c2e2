import { html, nothing, type TemplateResult } from 'lit';
import type { Endpoint } from '../bus/messages.js';

/** Who is at one end of a flow: by name where it has one, with its address. */
export function endpoint(of: Endpoint): TemplateResult {
  const name = of.workload;
  return html`${name === undefined ? nothing : html`<strong>${name}</strong> `}<span class="mono ${name === undefined ? '' : 'muted'}"
      >${of.ip ?? 'unknown'}</span
    >`;
}
