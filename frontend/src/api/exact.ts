/** The API's client, but that it also refuses what the description does not have: unknown fields compile with openapi-fetch. */
import type { Client, FetchOptions, FetchResponse, MaybeOptionalInit } from 'openapi-fetch';
import type {
  FilterKeys,
  HttpMethod,
  MediaType,
  PathsWithMethod,
  RequiredKeysOf,
} from 'openapi-typescript-helpers';
import type { paths } from './schema';

type KeysOf<T> = T extends unknown ? keyof T : never;
type FieldOf<T, K> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;
type Whole = string | number | boolean | bigint | Blob | FormData | null | undefined;

/** `Given`, in which a field that `Wanted` does not have can have no value, however deep. */
export type Exact<Wanted, Given> = Given extends Whole
  ? Given
  : { [K in keyof Given]: K extends KeysOf<Wanted> ? Exact<FieldOf<Wanted, K>, Given[K]> : never };

/** The same of a call's options; what belongs to the browser, such as a signal, is not looked into. */
type Strict<Wanted, Given> = {
  [K in keyof Given]: K extends 'body' | 'params'
    ? Exact<FieldOf<Wanted, K>, Given[K]>
    : K extends KeysOf<Wanted>
      ? Given[K]
      : never;
};

type Options<Wanted, Given> =
  RequiredKeysOf<Wanted & object> extends never
    ? [(Given & Strict<Wanted, Given>)?]
    : [Given & Strict<Wanted, Given>];

type Call<Method extends HttpMethod> = <
  Path extends PathsWithMethod<paths, Method>,
  Given extends MaybeOptionalInit<paths[Path], Method>,
>(
  path: Path,
  ...options: Options<FetchOptions<FilterKeys<paths[Path], Method>>, Given>
) => Promise<FetchResponse<NonNullable<paths[Path][Method]>, Given, MediaType>>;

export interface ExactClient extends Pick<Client<paths>, 'use'> {
  GET: Call<'get'>;
  PUT: Call<'put'>;
  POST: Call<'post'>;
  DELETE: Call<'delete'>;
}
