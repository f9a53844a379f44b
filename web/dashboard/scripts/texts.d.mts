export function texts(): {
    found: Map<string, { isCounted: boolean; name: string }>;
    problems: string[];
};
export function formsOf(language: string): string[];
