/**
 * Emergency numbers. Nobody calls one by writing: the call would come from our place and not from that of
 * the person, and too late. In doubt a number is one; to refuse an extension too many harms nobody.
 */

/** Reach help from mobile phones in most of the world, whatever the country. */
const EVERYWHERE = ['112', '911', '999', '000', '08'];

/** By two-letter country: ambulance, fire, police. */
const BY_REGION: Readonly<Record<string, readonly string[]>> = {
  AR: ['100', '101', '107'], AT: ['122', '133', '144'], AU: ['106'], BE: ['100', '101'], BR: ['190', '192', '193'],
  CH: ['117', '118', '144', '1414'], CL: ['131', '132', '133'], CN: ['110', '119', '120', '122'], CO: ['123'], CZ: ['150', '155', '158'],
  DE: ['110'], DK: ['114'], EG: ['122', '123', '180'], ES: ['061', '062', '080', '085', '091', '092'], FR: ['15', '17', '18', '114', '115', '119', '191', '196'],
  GB: ['101', '111'], GR: ['100', '108', '166', '199'], HK: ['992'], HU: ['104', '105', '107'], ID: ['110', '113', '118', '119'],
  IL: ['100', '101', '102'], IN: ['100', '101', '102', '108', '1091'], IR: ['110', '115', '125'], IT: ['113', '115', '117', '118', '1530'],
  JP: ['110', '118', '119'], KE: ['114'], KR: ['113', '119'], LU: ['113'], MX: ['060', '065', '066', '068'], MY: ['991', '994'],
  NG: ['199'], NL: ['113', '116'], NO: ['110', '113'], NZ: ['111'], PH: ['117'], PK: ['15', '16', '115', '1122'], PL: ['997', '998'],
  PT: ['115', '117'], RO: ['961'], RU: ['01', '02', '03', '04', '101', '102', '103', '104'], SA: ['997', '998'], SE: ['90000'],
  SG: ['995'], TH: ['191', '199', '1669'], TR: ['110', '155', '156', '177'], TW: ['110', '119'], UA: ['101', '102', '103', '104'],
  US: ['988'], CA: ['988'], VN: ['113', '114', '115'], ZA: ['10111', '10177', '107'],
};

/** Of a service, of an extension, of an emergency: too short to be somebody's telephone number. */
export const LONGEST_SHORT_CODE = 5;

/**
 * @param digits  nothing but digits
 * @param region  two-letter country of who dials; without one every country's numbers count
 */
export function isEmergency(digits: string, region: string | undefined): boolean {
  if (EVERYWHERE.includes(digits)) return true;
  const own = region === undefined ? undefined : BY_REGION[region.toUpperCase()];
  if (region !== undefined) return own?.includes(digits) ?? false;
  return Object.values(BY_REGION).some((numbers) => numbers.includes(digits));
}
