/** What the first look at a page needs, whoever comes. */
import { errors } from './errors';
import { shell } from './shell';
import { start } from './start';

export const first = { errors, shell, start };
