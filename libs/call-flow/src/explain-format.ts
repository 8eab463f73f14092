/** Whole seconds with their sign, the same in each language of the timeline. */
export const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
