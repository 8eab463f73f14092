/** Of test runs only. */
export const MASTER_KEY = '07'.repeat(32);
export const GATEWAY_TOKEN = 'g'.repeat(40);
