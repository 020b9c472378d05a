/** What can be changed about a cut-out without running the model again, and how the API is asked for it. */
import type { Schemas } from '../../../api/client';

export type Job = Schemas['JobBody'];

export function isRunning({ status }: Job): boolean {
  return status === 'pending' || status === 'processing';
}
export type Background = 'none' | 'color' | 'image' | 'blur';
export type OutputFormat = 'png' | 'webp' | 'jpeg' | 'avif' | 'zip';

export interface Edits {
  background: Background;
  color: string;
  image: File | null;
  /** This browser cannot show `image`. */
  unseen: boolean;
  blur: number;
  crop: boolean;
  margin: number;
  size: string;
  shadow: 'none' | 'drop' | 'contact';
  format: OutputFormat;
  quality: number;
}

export const UNTOUCHED: Edits = {
  background: 'none',
  color: '#ffffff',
  image: null,
  unseen: false,
  blur: 4,
  crop: false,
  margin: 5,
  size: 'full',
  shadow: 'none',
  format: 'png',
  quality: 90,
};

export const SIZES = [
  'full',
  'amazon',
  'ebay',
  'etsy',
  'shopify',
  'tokopedia',
  'shopee',
  'lazada',
  'instagram',
  'instagram-portrait',
  'instagram-story',
] as const;
export const FORMATS: readonly OutputFormat[] = ['png', 'webp', 'jpeg', 'avif', 'zip'];

/** Whether the browser can show it itself: a background behind the cut-out as it is. */
export function isLayered(edits: Edits): boolean {
  const seen = edits.background !== 'image' || !edits.unseen;
  return seen && !edits.crop && edits.size === 'full' && edits.shadow === 'none';
}

/** Whether the stored result is what is wanted. */
export function isUntouched(edits: Edits): boolean {
  return isLayered(edits) && edits.background === 'none' && edits.format === 'png';
}

/** JPEG has no transparency: what is see-through needs a colour. */
export function needsColor(edits: Edits): boolean {
  return edits.format === 'jpeg' && edits.background === 'none';
}

/** The form that `compose` takes. */
export function composeForm(edits: Edits): FormData {
  const form = new FormData();
  const set = (name: string, value: string | number | boolean) => form.set(name, String(value));
  set('format', edits.format);
  if (edits.format === 'webp' || edits.format === 'jpeg' || edits.format === 'avif')
    set('quality', edits.quality);
  if (edits.background === 'color') set('backgroundColor', edits.color);
  if (edits.background === 'blur') set('backgroundBlur', edits.blur);
  if (edits.background === 'image' && edits.image) form.set('backgroundImage', edits.image);
  if (needsColor(edits)) set('backgroundColor', '#ffffff');
  if (edits.crop) {
    set('crop', true);
    set('cropMargin', `${edits.margin}%`);
  }
  if (edits.size !== 'full') set('size', edits.size);
  if (edits.shadow !== 'none') set('shadow', edits.shadow);
  return form;
}

/** `cat.jpg` as a WebP is `removed-cat.webp`. */
export function savedName(original: string, format: OutputFormat): string {
  const stem = original.replace(/\.[^.]*$/, '') || 'image';
  return `removed-${stem}.${format === 'jpeg' ? 'jpg' : format}`;
}
