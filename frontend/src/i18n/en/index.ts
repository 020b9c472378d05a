import { account } from './account';
import { batch } from './batch';
import { errors } from './errors';
import { jobs } from './jobs';
import { shell } from './shell';
import { single } from './single';
import { start } from './start';

export const en = { shell, errors, start, single, batch, jobs, account };
