import { describe, expect, test } from '@jest/globals';

import { listenError } from './index.ts';

describe('listenError', () => {
  test.each([
    [
      'listen EADDRINUSE: address already in use',
      'another program holds the port; end it or choose another port',
    ],
    ['listen EACCES: permission denied', 'this user may not bind the port; choose one above 1023'],
    ['listen EADDRNOTAVAIL', 'this machine does not have the address'],
    ['out of luck', 'out of luck'],
  ])('says of "%s" what to do', (message, sentence) => {
    const cause = new Error(message);
    const error = listenError({ host: '127.0.0.1', port: 80 }, cause);
    expect(error.message).toBe(`cannot listen on 127.0.0.1:80: ${sentence}`);
    expect(error.cause).toBe(cause);
  });
});
