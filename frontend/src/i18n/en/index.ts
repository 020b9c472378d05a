import { errors } from './errors';
import { shell } from './shell';
import { start } from './start';

export const en = { shell, errors, start };
