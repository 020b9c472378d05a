import type { Text } from '../text';
import { errors } from './errors';
import { shell } from './shell';
import { start } from './start';

export const id: Text = { shell, errors, start };
