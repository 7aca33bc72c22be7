import { describe, expect, it } from 'vitest'

import { ownWords } from './own-words.ts'

const own = (...lines: string[]) => ownWords(lines.join('\n'), 'me@example.org')
const article = 'A sentence of the article, which goes on and on.\n'.repeat(30)

describe('what other people wrote', () => {
  it.each<[string, string[], string]>([
    [
      'quoted lines with their attribution',
      ['On Mon, 1 Jan 2002, A wrote:', '', '> quoted', '>> deeper', '', 'Mine.'],
      'Mine.',
    ],
    [
      'an attribution over three lines',
      ['On Mon, 1 Jan 2002 at 10:00,', 'Somebody <a@b.c>', 'wrote:', '> quoted', 'Mine.'],
      'Mine.',
    ],
    ['an attribution in other words', ['Once upon a time, Jon wrote :', '', '> quoted', '', 'Mine.'], 'Mine.'],
    ['a day and any verb', ['On Sat, 20 Jul 2002', 'kevin claiming to think:', '> quoted', '', 'Mine.'], 'Mine.'],
    ['a name in brackets', ['[Tim]', '> quoted', 'Mine.'], 'Mine.'],
    ['marks with initials', ['JM> quoted', 'JM> quoted', 'Mine.'], 'Mine.'],
    ['bars', ['  | quoted', '', 'Mine.'], 'Mine.'],
    [
      'header fields',
      ['    Date:        Wed, 21 Aug 2002', '    From:  A <a@b.c>', '', '  | quoted', '', 'Mine.'],
      'Mine.',
    ],
    ['the wrapped rest of a quoted line', [`> ${'long '.repeat(14)}`, 'rest of it', '> quoted', 'Mine.'], 'Mine.'],
    ['what Outlook puts below', ['Mine.', '', '-----Original Message-----', 'From: A', 'Theirs.'], 'Mine.'],
    [
      'what stands between when the answer is below',
      ['----- Original Message -----', 'From: "A" <a@b.c>', '> quoted', 'Mine.'],
      'Mine.',
    ],
    ['a forwarded message', ['Mine.', '---------- Forwarded message ----------', 'Theirs.'], 'Mine.'],
    [
      'a forwarded text with an end',
      ['--- begin forwarded text', 'Theirs.', '--- end forwarded text', 'Mine.'],
      'Mine.',
    ],
    [
      'an article with a byline',
      ['Mine.', '', 'https://example.org/a', '', 'A headline', 'By Jane Doe', '', article],
      'Mine.',
    ],
    ['an article below a link', ['https://example.org/a', '', article], ''],
    [
      'a patch',
      ['Mine.', '--- a/x.c  2002-01-01 10:00', '+++ b/x.c', '@@ -1 +1 @@', '-old', '+new', 'Mine too.'],
      'Mine.\nMine too.',
    ],
  ])('leaves out %s', (_name, lines, expected) => {
    expect(own(...lines)).toBe(expected)
  })
})

describe('what programs put in', () => {
  it.each<[string, string[], string]>([
    ['a signature', ['Mine.', '-- ', 'Me', 'Example Inc.'], 'Mine.'],
    [
      'the footer of a list',
      ['Mine.', '', '_'.repeat(47), 'A mailing list', 'https://example.org/mailman/listinfo/a'],
      'Mine.',
    ],
    ['the address of a list', ['Mine.', '', 'http://example.com/mailman/listinfo/fork'], 'Mine.'],
    [
      'an advertisement',
      ['Mine.', '', '-'.repeat(55), 'This sf.net email is sponsored by: X', 'http://x.example'],
      'Mine.',
    ],
    [
      'an advertisement in the middle',
      [
        'Mine.',
        '------------------------ Yahoo! Groups Sponsor ---------------------~-->',
        'Ad',
        `${'-'.repeat(69)}~->`,
        'Mine too.',
      ],
      'Mine.\nMine too.',
    ],
    ['the sender’s address', ['Mine.', '- Me', '  http://example.org/~me', '  me@example.org'], 'Mine.\n- Me'],
    [
      'PGP',
      [
        '-----BEGIN PGP SIGNED MESSAGE-----',
        'Hash: SHA1',
        '',
        'Mine.',
        '- --',
        'Me',
        '-----BEGIN PGP SIGNATURE-----',
        'x',
        '-----END PGP SIGNATURE-----',
      ],
      'Mine.',
    ],
    ['white space', ['', 'Mine.  ', '', '', '', 'Mine\u00a0too.\r'], 'Mine.\n\nMine too.'],
  ])('leaves out %s', (_name, lines, expected) => {
    expect(own(...lines)).toBe(expected)
  })
})

it('gets through a message that is made to be slow', () => {
  const hostile = [
    '<'.repeat(500_000),
    'On '.repeat(200_000),
    '> '.repeat(200_000),
    '-'.repeat(500_000),
    'said '.repeat(100_000),
  ]
  expect(own(...hostile, 'Mine.')).toContain('Mine.')
})

it.each([
  'I wrote:\n\nthis is my own list',
  'A short remark.\n\nhttps://example.org/a\n\nand a word on it',
  'She said that -- of all things -- is true',
  'See: a, b and c\nTo: nobody',
  'one\n\n--------\n\ntwo',
  'By then it was late, and Jane Doe had left',
])('keeps %j as it is', (text) => {
  expect(own(text)).toBe(text)
})
