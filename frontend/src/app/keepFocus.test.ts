import { expect, test } from 'vitest';
import { keepFocus } from './keepFocus';

const told = () => new Promise((resolve) => setTimeout(resolve));

test('what is removed leaves its focus to what was around it, and to nothing else', async () => {
  document.body.innerHTML =
    '<main tabindex="-1"><ul><li><button id="a">A</button></li><li><button id="b">B</button></li></ul></main>';
  keepFocus();
  const list = document.querySelector('ul');
  document.getElementById('a')?.focus();
  document.getElementById('a')?.closest('li')?.remove();
  await told();
  expect(document.activeElement).toBe(list);
  document.getElementById('b')?.focus();
  expect(list?.hasAttribute('tabindex')).toBe(false);
  list?.remove();
  await told();
  expect(document.activeElement).toBe(document.querySelector('main'));

  const late = document.createElement('button');
  document.querySelector('main')?.append(late);
  late.focus();
  late.blur();
  await told();
  late.remove();
  await told();
  expect(document.activeElement).toBe(document.body);
});
