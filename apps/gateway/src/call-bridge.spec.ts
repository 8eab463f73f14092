import { encodeMuLaw } from '@ringdown/audio/g711';
import { toneShare } from '@ringdown/audio/goertzel';
import { Sound } from '@ringdown/audio/sound';
import { tone } from '@ringdown/audio/tones';
import { operatorIdentity } from '@ringdown/protocol/console';
import type { CallMember } from '@ringdown/protocol/gateway';
import { ConnectionId, LegId, OperatorId, PublicKeyHex } from '@ringdown/protocol/ids';
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CallBridge } from './call-bridge.ts';

const aMember = (changes: Partial<CallMember> = {}): CallMember => ({
  legId: LegId.parse(randomUUID()),
  operatorId: OperatorId.parse(randomUUID()),
  connectionId: ConnectionId.parse(randomUUID()),
  publicKey: PublicKeyHex.parse('a'.repeat(64)),
  ...changes,
});
const identityOf = ({ legId, connectionId }: CallMember): string => operatorIdentity(legId, connectionId);

const voices = new Map<number, Uint8Array>();
function frameOf(frequency: number, index: number): Sound {
  let voice = voices.get(frequency);
  if (!voice) voices.set(frequency, (voice = encodeMuLaw(tone([frequency], { durationMs: 1000 }))));
  const from = (index % 50) * 160;
  return Sound.ofMuLaw(voice.subarray(from, from + 160));
}

/** A bridge that runs on a clock of its own; who speaks, and what each ear hears of each tone. */
function aBridge() {
  const ears = new Map<string, Int16Array[]>();
  const ear = (name: string) => (sound: Sound) => void ears.set(name, [...(ears.get(name) ?? []), sound.linear]);
  const bridge = new CallBridge(ear('room'));
  let index = 0;
  return {
    bridge,
    enter: (phone: string, side: 'staff' | 'outside') => bridge.enter(phone, side, ear(phone)),
    /** Half a second in which everybody speaks at once: phones by name, members through the room. */
    speak: (phones: Readonly<Record<string, number>>, room: readonly (readonly [string, number])[] = []): void => {
      ears.clear();
      for (let i = 0; i < 25; i++, index++) {
        const nowMs = index * 20;
        for (const [phone, frequency] of Object.entries(phones)) {
          bridge.fromPhone(phone, frameOf(frequency, index), nowMs, nowMs);
        }
        for (const [identity, frequency] of room) {
          bridge.fromRoom(frameOf(frequency, index), `track of ${identity}`, identity, nowMs);
        }
        bridge.tick(nowMs + 7);
      }
    },
    hears: (name: string, frequency: number): boolean => {
      const samples = Int16Array.from((ears.get(name) ?? []).flatMap((frame) => [...frame]));
      return samples.length > 0 && toneShare(samples, frequency) > 0.1;
    },
    isSilent: (name: string): boolean => !ears.has(name),
  };
}

describe('who hears whom', () => {
  test('three phones and a member hear all the others and never themselves', () => {
    const { bridge, enter, speak, hears } = aBridge();
    const member = aMember();
    bridge.setMembers([member]);
    enter('caller', 'outside');
    enter('own', 'staff');
    enter('lawyer', 'outside');
    speak({ caller: 400, own: 700, lawyer: 1000 }, [[identityOf(member), 1500]]);
    const tones = { caller: 400, own: 700, lawyer: 1000, member: 1500 };
    for (const listener of ['caller', 'own', 'lawyer'] as const) {
      for (const [speaker, frequency] of Object.entries(tones)) {
        expect(hears(listener, frequency), `${listener} hears ${speaker}`).toBe(speaker !== listener);
      }
    }
    expect([400, 700, 1000, 1500].map((frequency) => hears('room', frequency))).toEqual([true, true, true, false]);
  });

  test("a whisper is for the staff's phones and in no caller's ear", () => {
    const { bridge, enter, speak, hears, isSilent } = aBridge();
    const supervisor = aMember({ speaksTo: 'staff' });
    bridge.setMembers([supervisor]);
    enter('caller', 'outside');
    enter('own', 'staff');
    speak({}, [[identityOf(supervisor), 1500]]);
    expect(hears('own', 1500)).toBe(true);
    expect(isSilent('caller')).toBe(true);
    // Barge: the same person, heard by everyone; and back, at once.
    bridge.setMembers([{ ...supervisor, speaksTo: 'everyone' }]);
    speak({}, [[identityOf(supervisor), 1500]]);
    expect(hears('caller', 1500)).toBe(true);
    bridge.setMembers([supervisor]);
    speak({}, [[identityOf(supervisor), 1500]]);
    expect(isSilent('caller')).toBe(true);
  });

  test('a supervisor who listens is in nobody’s ear, though their page may still send', () => {
    const { bridge, enter, speak, isSilent } = aBridge();
    const supervisor = aMember({ speaksTo: 'everyone' });
    bridge.setMembers([supervisor]);
    enter('caller', 'outside');
    enter('own', 'staff');
    bridge.setMembers([{ ...supervisor, speaksTo: 'nobody' }]);
    speak({}, [[identityOf(supervisor), 1500]]);
    expect([isSilent('caller'), isSilent('own')]).toEqual([true, true]);
  });

  test('somebody who is not a member is heard by no phone, nor one who was', () => {
    const { bridge, enter, speak, hears, isSilent } = aBridge();
    const [stays, leaves] = [aMember(), aMember()];
    bridge.setMembers([stays, leaves]);
    enter('caller', 'outside');
    speak({}, [['PA_somebody', 1000]]);
    expect(isSilent('caller')).toBe(true);
    const both = [
      [identityOf(stays), 1500],
      [identityOf(leaves), 700],
    ] as const;
    speak({}, both);
    expect([hears('caller', 1500), hears('caller', 700)]).toEqual([true, true]);
    bridge.setMembers([stays]);
    speak({}, both);
    expect([hears('caller', 1500), hears('caller', 700)]).toEqual([true, false]);
  });

  test('a page loaded anew is another connection: the old one is not heard any more', () => {
    const { bridge, enter, speak, hears } = aBridge();
    const before = aMember();
    const after = { ...before, connectionId: ConnectionId.parse(randomUUID()) };
    enter('caller', 'outside');
    bridge.setMembers([before]);
    speak({}, [[identityOf(before), 700]]);
    bridge.setMembers([after]);
    speak({}, [
      [identityOf(before), 700],
      [identityOf(after), 1500],
    ]);
    expect([hears('caller', 700), hears('caller', 1500)]).toEqual([false, true]);
  });

  test('who is on hold hears nobody and is heard by nobody; the others go on', () => {
    const { bridge, enter, speak, hears, isSilent } = aBridge();
    const member = aMember();
    bridge.setMembers([member]);
    enter('caller', 'outside');
    enter('lawyer', 'outside');
    bridge.leave('caller');
    speak({ caller: 400, lawyer: 1000 }, [[identityOf(member), 1500]]);
    expect(isSilent('caller')).toBe(true);
    expect([hears('lawyer', 1500), hears('lawyer', 400)]).toEqual([true, false]);
    expect([hears('room', 1000), hears('room', 400)]).toEqual([true, false]);
  });

  test('an announcement is heard by all, above those who speak, and only while it lasts', () => {
    const { bridge, enter, speak, hears } = aBridge();
    const member = aMember();
    bridge.setMembers([member]);
    enter('caller', 'outside');
    for (let i = 0; i < 25; i++) bridge.announce(frameOf(2000, i), i * 20);
    speak({ caller: 400 }, [[identityOf(member), 1500]]);
    bridge.endAnnouncement();
    speak({ caller: 400 }, [[identityOf(member), 1500]]);
    expect([hears('caller', 1500), hears('caller', 2000)]).toEqual([true, false]);
    expect([hears('room', 400), hears('room', 2000)]).toEqual([true, false]);
  });
});
