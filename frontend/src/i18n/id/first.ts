/** What the first look at a page needs, whoever comes. */
import type { First } from '../text';
import { errors } from './errors';
import { shell } from './shell';
import { start } from './start';

export const first: First = { errors, shell, start };
