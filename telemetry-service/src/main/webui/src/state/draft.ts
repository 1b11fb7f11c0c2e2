import type { Plan } from '../bus/messages.js';
import { Store } from './store.js';

/** A candidate of the editor whose plan the map shows. */
export interface Draft {
  /** What the editor was opened with; empty for a new policy. */
  policy: string;
  /** The document as it stood in the editor. */
  text: string;
  plan: Plan;
}

/** The one that is shown; undefined for none. It is of this page alone, and gone when it is loaded anew. */
export const draft = new Store<Draft | undefined>(undefined);
