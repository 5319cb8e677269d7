/**
 * What takes part only once something is opened, an address, an option or trust is asked for, or another extension asks
 * for the API, bundled to a file of its own.
 */
export { withGuards } from '../api/exposure';
export { askValue } from '../options/askValue';
export { OpenFlow } from './openFlow';
export { parseAddress } from './parseAddress';
export { askTrust } from '../trust/askTrust';
