/** The project's folder. */
export declare const root: string;

/** What is kept between runs, ignored by git. */
export declare const cache: string;
