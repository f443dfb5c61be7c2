import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowsMethod, methodBits } from '../../src/registrar/methods.ts';

test('the methods column has Kamailio\'s bits', () => {
  assert.equal(methodBits('INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, SUBSCRIBE, NOTIFY, REFER, PRACK, MESSAGE, REGISTER'), 8191 - 2048);
  assert.equal(methodBits('update,PUBLISH'), 2048 | 8192);
});

test('a contact without a list allows all methods, one with a list those in it', () => {
  assert.equal(allowsMethod({ methods: undefined }, 'NEWMETHOD'), true);
  assert.equal(allowsMethod({ methods: methodBits('INVITE,ACK') }, 'INVITE'), true);
  assert.equal(allowsMethod({ methods: methodBits('INVITE,ACK') }, 'MESSAGE'), false);
  assert.equal(allowsMethod({ methods: methodBits('INVITE,ACK') }, 'NEWMETHOD'), false);
});
