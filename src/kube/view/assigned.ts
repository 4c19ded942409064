/**
 * What only a real server can know. The view holds these in its place, so that expressions which ask for the field find one;
 * no rule should depend on their values.
 */
export const assigned = {
  uid: '00000000-0000-0000-0000-000000000000',
  /** The end of a name made from generateName. */
  nameSuffix: 'xxxxx',
  clusterIP: '10.0.0.1',
  clusterIPv6: 'fd00::1',
  nodePort: 30000,
  time: '1970-01-01T00:00:00Z',
} as const;
