/**
 * Origins under which this installation's own pages may call it: the public one and, where that is on this machine,
 * both spellings of loopback. Never taken from a request.
 */
export const ownOrigins = (publicOrigin: string): readonly string[] => {
  const url = new URL(publicOrigin);
  if (url.hostname !== 'localhost' && url.hostname !== '127.0.0.1') return [url.origin];
  const port = url.port ? `:${url.port}` : '';
  return [url.origin, `${url.protocol}//localhost${port}`, `${url.protocol}//127.0.0.1${port}`].filter(
    (origin, index, all) => all.indexOf(origin) === index,
  );
};

export const isLoopbackAddress = (address: string | undefined): boolean =>
  address !== undefined && /^(::1|127(\.\d+){3}|::ffff:127(\.\d+){3})$/.test(address);
