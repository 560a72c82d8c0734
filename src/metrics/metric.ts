import type { Reading, RecordReading } from "./reading.ts";

type Labels = Readonly<Record<string, string>>;

/** A line of a scrape. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** The durations under one set of labels. */
export interface HistogramSample {
  readonly labels: Labels;
  /** How many durations lie above the bound before this one and not above this one, in seconds. */
  readonly buckets: ReadonlyMap<number, number>;
  readonly count: number;
  readonly sum: number;
}

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export interface PlainMetric extends Described {
  readonly type: "gauge" | "counter";
  samples(reading: Reading): readonly Sample[];
}

export interface HistogramMetric extends Described {
  readonly type: "histogram";
  samples(reading: Reading): readonly HistogramSample[];
}

/** A number that fraisier tells monitors, with its name, and how it follows from a reading. */
export type Metric = PlainMetric | HistogramMetric;

type Labelled = (reading: Reading) => readonly Sample[];

/** A gauge or a counter without labels; no line if it is undefined. */
export function one(value: (reading: Reading) => number | undefined): Labelled {
  return (reading) => {
    const found = value(reading);
    return found === undefined ? [] : [{ labels: {}, value: found }];
  };
}

/** No lines if the store cannot be read. */
export function ofRecord<S>(
  samples: (record: RecordReading, reading: Reading) => readonly S[],
): (reading: Reading) => readonly S[] {
  return (reading) => (reading.record === undefined ? [] : samples(reading.record, reading));
}
