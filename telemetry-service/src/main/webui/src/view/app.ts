import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Bus } from '../bus/bus.js';
import { format, type Page } from '../state/address.js';
import { route } from '../state/route.js';
import { follow, type Heard } from '../state/live-flows.js';
import { Watch, type Store } from '../state/store.js';
import { theme, toggle } from '../state/theme.js';
import { styles } from '../ui/styles.js';
import './flows-page.js';
import './hosts-page.js';
import './link-state.js';
import './map-page.js';
import './policies-page.js';

const TITLES: Record<Page, string> = {
  map: 'Map',
  flows: 'Flows',
  policies: 'Policies',
  hosts: 'Hosts & rollouts',
  editor: 'Editor',
};

/** The frame around every page: where one is, and how the connection stands. */
export class App extends LitElement {
  static override properties = { bus: { attribute: false }, failure: { attribute: false }, isEditorLoaded: { state: true } };
  static override styles = [
    styles,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem 1.5rem;
        padding: 0.55rem 1.25rem;
        background: var(--surface);
        border-bottom: 1px solid var(--line);
      }
      .brand {
        font-weight: 650;
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem;
        margin-right: auto;
      }
      nav a {
        padding: 0.3rem 0.7rem;
        border-radius: 6px;
        text-decoration: none;
        color: var(--muted);
      }
      nav a:hover {
        background: var(--raised);
      }
      nav a[aria-current] {
        color: var(--text);
        background: var(--raised);
        font-weight: 600;
      }
      main {
        padding: 1.25rem;
        max-width: 100rem;
        margin: 0 auto;
      }
      main:focus {
        outline: none;
      }
      .skip {
        position: absolute;
        left: -100rem;
      }
      .skip:focus {
        left: 0.5rem;
        top: 0.5rem;
        background: var(--surface);
        padding: 0.5rem;
        z-index: 1;
      }
    `,
  ];
  declare bus: Bus | undefined;
  declare failure: string | undefined;
  declare isEditorLoaded: boolean;
  #live: Store<Heard> | undefined;
  readonly #route = new Watch(this, route);
  readonly #theme = new Watch(this, theme);

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('bus') && this.bus !== undefined) {
      this.#live = follow(this.bus);
    }
    if (this.#route.value.page === 'editor' && !this.isEditorLoaded) {
      void import('./editor-page.js').then(() => {
        this.isEditorLoaded = true;
      });
    }
  }

  protected override updated(_changed: PropertyValues): void {
    document.title = `${TITLES[this.#route.value.page]} · AegisFlux Segmentation`;
  }

  protected override render(): TemplateResult {
    const here = this.#route.value;
    const other = this.#theme.value === 'dark' ? 'light' : 'dark';
    return html`
      <a class="skip" href=${format(here)} @click=${this.#skip}>Skip to content</a>
      <header>
        <span class="brand">AegisFlux Segmentation</span>
        <nav aria-label="Pages">
          ${(Object.keys(TITLES) as Page[]).map(
            (page) =>
              html`<a href=${format({ ...here, page, policy: '' })} aria-current=${page === here.page ? 'page' : nothing}
                >${TITLES[page]}</a
              >`,
          )}
        </nav>
        ${this.bus === undefined ? nothing : html`<seg-link-state .bus=${this.bus}></seg-link-state>`}
        <button @click=${toggle} data-testid="theme">${other === 'dark' ? 'Dark' : 'Light'} mode</button>
      </header>
      <main id="main" tabindex="-1">${this.#content()}</main>
    `;
  }

  #content(): TemplateResult {
    if (this.failure !== undefined) {
      return html`<div class="refusal" role="alert">
        <p><strong>The dashboard cannot start.</strong> ${this.failure}</p>
        <p class="muted">It is served with its configuration by telemetry-service: see docs/dashboard.md.</p>
      </div>`;
    }
    if (this.bus === undefined) {
      return html`<p class="muted">Reading the configuration…</p>`;
    }
    switch (this.#route.value.page) {
      case 'map':
        return html`<seg-map-page .bus=${this.bus}></seg-map-page>`;
      case 'flows':
        return html`<seg-flows-page .bus=${this.bus} .live=${this.#live}></seg-flows-page>`;
      case 'policies':
        return html`<seg-policies-page .bus=${this.bus}></seg-policies-page>`;
      case 'hosts':
        return html`<seg-hosts-page .bus=${this.bus}></seg-hosts-page>`;
      case 'editor':
        return this.isEditorLoaded
          ? html`<seg-editor-page .bus=${this.bus}></seg-editor-page>`
          : html`<p class="muted">Loading the editor…</p>`;
    }
  }

  #skip(event: Event): void {
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>('#main')?.focus();
  }
}

customElements.define('seg-app', App);
