/** The key of whoever looks at a story. It protects nothing. */
export const SECRET_KEY = new Uint8Array(32).fill(7);
