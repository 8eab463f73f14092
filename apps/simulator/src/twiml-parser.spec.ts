import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { elementsOf, parseTwiml, textOf, TwimlMalformed } from './twiml-parser.ts';

describe('documents of the package', () => {
  it('are read verb by verb', () => {
    const response = new twilio.twiml.VoiceResponse();
    response.say({ language: 'de-DE' }, 'Grüße & "so" <viel>');
    const gather = response.gather({
      input: ['dtmf', 'speech'],
      numDigits: 1,
      action: 'https://x.example.org/a?b=1&c=2',
    });
    gather.play('https://x.example.org/a.wav');
    const stream = response.connect().stream({ url: 'wss://x.example.org/m' });
    stream.parameter({ name: "it's", value: 'a"b' });
    response.redirect('https://x.example.org/next?a=1&b=2');
    const root = parseTwiml(response.toString());
    expect(elementsOf(root).map(({ name }) => name)).toEqual(['Say', 'Gather', 'Connect', 'Redirect']);
    const [say, gathered, connect, redirect] = elementsOf(root);
    if (!say || !gathered || !connect || !redirect) throw new Error('missing');
    expect([say.attributes, textOf(say)]).toEqual([{ language: 'de-DE' }, 'Grüße & "so" <viel>']);
    expect(gathered.attributes).toEqual({
      input: 'dtmf speech',
      numDigits: '1',
      action: 'https://x.example.org/a?b=1&c=2',
    });
    expect(elementsOf(elementsOf(connect)[0] ?? say)[0]?.attributes).toEqual({ name: "it's", value: 'a"b' });
    expect(textOf(redirect)).toBe('https://x.example.org/next?a=1&b=2');
  });
});

it('reads comments, CDATA, numbers of characters and blanks', () => {
  const root = parseTwiml(
    '\uFEFF<?xml version="1.0"?><!-- a -->\n<Response>\n <Say>a&#228;&#xe4;<![CDATA[<&>]]>  b<!-- no --></Say></Response>\n',
  );
  expect(textOf(root)).toBe('aää<&> b');
});

it.each([
  '',
  'Hello',
  '<Response>',
  '<Response></response>',
  '<Say>Hello</Say>',
  '<Response><Say>a</Play></Response>',
  '<Response><Say a=b/></Response>',
  '<Response><Say a="1" a="2"/></Response>',
  '<Response>a & b</Response>',
  '<Response>&unknown;</Response>',
  '<Response/><Response/>',
  '<!DOCTYPE Response [<!ENTITY x "y">]><Response>&x;</Response>',
])('refuses %s', (text) => {
  expect(() => parseTwiml(text)).toThrowError(TwimlMalformed);
});
