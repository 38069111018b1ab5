import { expect, it } from 'vitest';
import { workCommand } from './add-machine';

it('says only what was chosen', () => {
  expect(workCommand({ broker: '', pool: '', label: '', slots: '' })).toBe('./heddle work --bootstrap-servers BROKER:9092');
  expect(workCommand({ broker: 'kafka:9092', pool: 'gpu', label: 'gpu=yes os=linux', slots: '8' })).toBe(
    './heddle work --bootstrap-servers kafka:9092 --pool gpu --slots 8 --label gpu=yes --label os=linux',
  );
});

it('is one command in a shell, whatever was typed', () => {
  expect(workCommand({ broker: "a'; rm -rf /", pool: '', label: '$(id)', slots: '' })).toBe(
    `./heddle work --bootstrap-servers 'a'\\''; rm -rf /' --label '$(id)'`,
  );
});
