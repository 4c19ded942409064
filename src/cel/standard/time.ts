import type { Library, Overload } from '../library.ts';
import { overload } from '../signature.ts';
import { durationField, type DurationField } from '../time/duration.ts';
import { timestampField, type TimestampField } from '../time/time-zone.ts';
import type { Duration, Timestamp } from '../value.ts';

/** The getters of timestamps: name, and the overload ids without and with a zone. */
const timestampGetters: readonly (readonly [TimestampField, string, string])[] = [
  ['getFullYear', 'timestamp_to_year', 'timestamp_to_year_with_tz'],
  ['getMonth', 'timestamp_to_month', 'timestamp_to_month_with_tz'],
  ['getDayOfYear', 'timestamp_to_day_of_year', 'timestamp_to_day_of_year_with_tz'],
  ['getDayOfMonth', 'timestamp_to_day_of_month', 'timestamp_to_day_of_month_with_tz'],
  ['getDate', 'timestamp_to_day_of_month_1_based', 'timestamp_to_day_of_month_1_based_with_tz'],
  ['getDayOfWeek', 'timestamp_to_day_of_week', 'timestamp_to_day_of_week_with_tz'],
  ['getHours', 'timestamp_to_hours', 'timestamp_to_hours_with_tz'],
  ['getMinutes', 'timestamp_to_minutes', 'timestamp_to_minutes_with_tz'],
  ['getSeconds', 'timestamp_to_seconds', 'timestamp_to_seconds_tz'],
  ['getMilliseconds', 'timestamp_to_milliseconds', 'timestamp_to_milliseconds_with_tz'],
];

const durationGetters: readonly (readonly [DurationField, string])[] = [
  ['getHours', 'duration_to_hours'],
  ['getMinutes', 'duration_to_minutes'],
  ['getSeconds', 'duration_to_seconds'],
  ['getMilliseconds', 'duration_to_milliseconds'],
];

const ofTimestamp = ([name, id, zoned]: (typeof timestampGetters)[number]): Overload[] => [
  overload(id, `timestamp.${name}() -> int`, (timestamp: Timestamp) => timestampField(name, timestamp)),
  overload(zoned, `timestamp.${name}(string) -> int`, (timestamp: Timestamp, zone: string) =>
    timestampField(name, timestamp, zone),
  ),
];

const ofDuration = ([name, id]: (typeof durationGetters)[number]): Overload =>
  overload(id, `duration.${name}() -> int`, (duration: Duration) => durationField(name, duration));

/** The getters of timestamps and durations; without a zone they answer in UTC. */
export const time: Library = {
  name: 'time',
  overloads: [...timestampGetters.flatMap(ofTimestamp), ...durationGetters.map(ofDuration)],
};
