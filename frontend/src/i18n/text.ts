/** The catalogue's shape: English is the model, so that a key missing elsewhere does not compile. */
import type { first } from './en/first';
import type { rest } from './en/rest';

type Shape<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...a: infer A) => string
      ? (...a: A) => string
      : Shape<T[K]>;
};

export type First = Shape<typeof first>;
export type Rest = Shape<typeof rest>;
export type Text = First & Rest;
export type Language = 'en' | 'id';
export const LANGUAGES: readonly Language[] = ['en', 'id'];
