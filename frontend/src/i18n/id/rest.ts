/** What screens need once somebody is logged in. */
import type { Rest } from '../text';
import { account } from './account';
import { admin } from './admin';
import { batch } from './batch';
import { jobs } from './jobs';
import { single } from './single';
import { subscription } from './subscription';

export const rest: Rest = { account, admin, batch, jobs, single, subscription };
