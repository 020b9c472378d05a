import { account } from './account';
import { admin } from './admin';
import { batch } from './batch';
import { errors } from './errors';
import { jobs } from './jobs';
import { shell } from './shell';
import { single } from './single';
import { start } from './start';
import { subscription } from './subscription';

export const en = { account, admin, batch, errors, jobs, shell, single, start, subscription };
