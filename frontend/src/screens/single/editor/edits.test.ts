import { expect, test } from 'vitest';
import { composeForm, isLayered, isUntouched, savedName, UNTOUCHED } from './edits';

const asked = (changed: Partial<typeof UNTOUCHED>) =>
  Object.fromEntries(composeForm({ ...UNTOUCHED, ...changed }));

test('only what differs is asked for', () => {
  expect(asked({})).toEqual({ format: 'png' });
  expect(asked({ background: 'color', color: '#ffcf5c', crop: true, margin: 7 })).toEqual({
    format: 'png',
    backgroundColor: '#ffcf5c',
    crop: 'true',
    cropMargin: '7%',
  });
});

test('a JPEG always has a background, and a colour that is not chosen is not sent', () => {
  expect(asked({ format: 'jpeg' })).toEqual({ format: 'jpeg', quality: '90', backgroundColor: '#ffffff' });
  expect(asked({ format: 'jpeg', background: 'blur' })).not.toHaveProperty('backgroundColor');
  expect(asked({ color: '#123456' })).not.toHaveProperty('backgroundColor');
});

test('the browser shows backgrounds itself, and the server all that changes the canvas', () => {
  expect(isLayered({ ...UNTOUCHED, background: 'blur' })).toBe(true);
  expect(isLayered({ ...UNTOUCHED, crop: true })).toBe(false);
  expect(isLayered({ ...UNTOUCHED, background: 'image', unseen: true })).toBe(false);
  expect(isLayered({ ...UNTOUCHED, background: 'color', unseen: true })).toBe(true);
  expect(isUntouched({ ...UNTOUCHED, format: 'webp' })).toBe(false);
});

test('a file is saved under its own name', () => {
  expect(savedName('my.cat.HEIC', 'jpeg')).toBe('removed-my.cat.jpg');
  expect(savedName('.png', 'zip')).toBe('removed-image.zip');
});
