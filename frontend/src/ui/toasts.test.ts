import { expect, test } from 'vitest';
import { heardBy, type Said, toast } from './toasts';

test('what is said before anybody shows it is shown when somebody does, once', () => {
  toast.good('early');
  const heard: string[] = [];
  const hear = ({ title }: Said) => heard.push(title);
  const stop = heardBy(hear);
  toast.bad('now');
  expect(heard).toEqual(['early', 'now']);
  stop();
  toast.good('late');
  expect(heard).toEqual(['early', 'now']);
  heardBy(hear)();
  expect(heard).toEqual(['early', 'now', 'late']);
});
