import { dispose } from '@livekit/rtc-node';
import { afterAll } from 'vitest';
import { LightLeg } from './light-leg.ts';
import { describeRoomLeg } from './room-leg.contract.ts';
import { RtcNodeLeg } from './rtc-node-leg.ts';

afterAll(() => dispose());

describeRoomLeg('the rtc-node leg', RtcNodeLeg.connect, 'the light leg', LightLeg.connect);
describeRoomLeg('the light leg', LightLeg.connect, 'the rtc-node leg', RtcNodeLeg.connect);
