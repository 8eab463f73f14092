import { z } from 'zod';
import { RoomName } from './ids.ts';

/** `POST /api/sound-check/room`: a room of one's own at the media server, for a minute or two, where no call ever is. */
export const SoundCheckRoom = z.strictObject({
  name: RoomName,
  url: z.string(),
  /** One page enters it twice: what the speaker says, the listener hears by way of the server. */
  speakerToken: z.string(),
  listenerToken: z.string(),
});
export type SoundCheckRoom = z.infer<typeof SoundCheckRoom>;
