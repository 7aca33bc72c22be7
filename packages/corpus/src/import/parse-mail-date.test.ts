import { expect, it } from 'vitest'

import { parseMailDate } from './parse-mail-date.ts'

it.each([
  ['Thu, 22 Aug 2002 18:26:25 +0700', '2002-08-22T11:26:25.000Z'],
  ['Thu, 22 Aug 2002 18:26:25 -0730 (PDT)', '2002-08-23T01:56:25.000Z'],
  ['22 Aug 02 18:26 EST', '2002-08-22T23:26:00.000Z'],
  ['Mon, 3 Jan 1994 01:02:03 GMT', '1994-01-03T01:02:03.000Z'],
  ['3 Jan 94 01:02:03 Z', '1994-01-03T01:02:03.000Z'],
  ['3 Jan 102 01:02:03', '2002-01-03T01:02:03.000Z'],
  ['Thursday, 22-August-2002 18:26:25', '2002-08-22T18:26:25.000Z'],
])('reads %s whatever the time zone of the machine', (header, expected) => {
  expect(new Date(parseMailDate(header) ?? Number.NaN).toISOString()).toBe(expected)
})

it.each(['', 'yesterday', '31 Feb 2002 10:00:00', '1 Foo 2002 10:00', 'Wed, 31 Dec 1969 23:59:59 +0000', '2002-08-22'])(
  'refuses %j',
  (header) => {
    expect(parseMailDate(header)).toBeNull()
  },
)
