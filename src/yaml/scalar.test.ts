import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFloatText, keyText, readsOtherwise, resolvePlain, resolveTagged } from './scalar.ts';
import type { Scalar } from './scalar.ts';

describe('resolvePlain', () => {
  const rows: readonly [string, Scalar][] = [
    ['', null],
    ['~', null],
    ['nUll', 'nUll'],
    ['off', false],
    ['oFF', 'oFF'],
    ['0', 0],
    ['-0', 0],
    ['-0.0', 0],
    ['00', 0],
    ['-', '-'],
    ['+', '+'],
    ['--1', '--1'],
    ['1-2', '1-2'],
    ['12345678901234', 12345678901234],
    ['-017', -15],
    ['0x', '0x'],
    ['0x_', '0x_'],
    ['0b', '0b'],
    ['0o8', '0o8'],
    ['1_', 1],
    ['9223372036854775808', 9223372036854775808n],
    ['-9223372036854775808', -9223372036854775808n],
    ['-9223372036854775809', -(2 ** 63)],
    ['+9223372036854775808', 2 ** 63],
    ['18446744073709551616', 2 ** 64],
    ['1e17', 100000000000000000n],
    ['1e23', 1e23],
    ['1e-400', 0],
    ['1e400', '1e400'],
    ['.5e1', 5],
    ['.5_0', 0.5],
    ['._5', '._5'],
    ['.', '.'],
    ['.inf', Infinity],
    ['1.2.3', '1.2.3'],
    ['12e03', 12000],
    ['1:30', '1:30'],
    ['2024-01-01', '2024-01-01'],
    ['100m', '100m'],
    ['nginx', 'nginx'],
    ['9'.repeat(400), '9'.repeat(400)],
  ];
  for (const [text, expected] of rows)
    it(`${text.slice(0, 30)} is ${typeof expected} ${String(expected).slice(0, 30)}`, () =>
      assert.strictEqual(resolvePlain(text), expected));

  it('takes linear time for long digits', () => {
    const before = process.cpuUsage();
    assert.equal(resolvePlain('1'.repeat(5_000_000)), '1'.repeat(5_000_000));
    assert.ok(process.cpuUsage(before).user < 3e6);
  });
});

describe('readsOtherwise', () => {
  it('is true for the old spellings only', () => {
    for (const text of ['yes', 'n', 'OFF', '0777', '-0777', '1_000', '0b11', '-0x1F', '0X1f', '0O7', '0_7'])
      assert.equal(readsOtherwise(text, resolvePlain(text)), true, text);
    for (const text of [
      'true',
      'False',
      '0',
      '007',
      '08',
      '0x1F',
      '0o17',
      '1.0',
      '1e3',
      '-5',
      '+5',
      '0.5',
      '9223372036854775807',
      '~',
      'abc',
      '1:30',
    ])
      assert.equal(readsOtherwise(text, resolvePlain(text)), false, text);
  });
});

describe('resolveTagged', () => {
  const core = (name: string, text: string): Scalar => resolveTagged(`tag:yaml.org,2002:${name}`, text, 0, 1);

  it('casts', () => {
    assert.equal(core('str', '1'), '1');
    assert.equal(core('int', '0x10'), 16);
    assert.equal(core('float', '1'), 1);
    assert.equal(core('bool', 'on'), true);
    assert.equal(core('null', '~'), null);
    assert.equal(core('binary', 'aGk='), 'hi');
    assert.equal(core('timestamp', '2024-01-01 10:00:00'), '2024-01-01 10:00:00');
    assert.equal(resolveTagged('!mine', 'yes', 0, 1), 'yes');
  });

  it('refuses what does not suit', () => {
    assert.throws(() => core('int', 'x'), /cannot decode !!str `x` as a !!int/);
    assert.throws(() => core('int', '1.5'), /cannot decode !!float `1.5` as a !!int/);
    assert.throws(() => core('bool', '1'), /cannot decode !!int `1` as a !!bool/);
    assert.throws(() => core('null', 'yes'), /cannot decode !!bool `yes` as a !!null/);
    assert.throws(() => core('timestamp', 'soon'), /cannot decode !!str `soon` as a !!timestamp/);
    for (const text of ['a', 'a===', '*', 'aG k='])
      assert.throws(() => core('binary', text), /invalid base64/, text);
  });
});

describe('keyText', () => {
  const key = (text: string): string | undefined => {
    const value = resolvePlain(text);
    return keyText(value, (typeof value === 'number' || typeof value === 'bigint') && isFloatText(text));
  };

  it('is what Go prints', () => {
    const rows: readonly [string, string | undefined][] = [
      ['010', '8'],
      ['1.10', '1.1'],
      ['1e3', '1000'],
      ['1e5', '100000'],
      ['1e6', '1e+06'],
      ['1234567.0', '1.234567e+06'],
      ['0.0001', '0.0001'],
      ['0.00001', '1e-05'],
      ['0.1', '0.1'],
      ['16777217.0', '1.6777216e+07'],
      ['-1.5', '-1.5'],
      ['.inf', '.inf'],
      ['-.inf', '-.inf'],
      ['1e39', '.inf'],
      ['.nan', '.nan'],
      ['yes', 'true'],
      ['~', undefined],
      ['9223372036854775807', '9223372036854775807'],
      ['9223372036854775808', undefined],
    ];
    for (const [text, expected] of rows) assert.equal(key(text), expected, text);
  });
});
