/** What screens need once somebody is logged in. */
import { account } from './account';
import { admin } from './admin';
import { batch } from './batch';
import { jobs } from './jobs';
import { single } from './single';
import { subscription } from './subscription';

export const rest = { account, admin, batch, jobs, single, subscription };
