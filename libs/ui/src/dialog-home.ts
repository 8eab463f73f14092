import { createContext } from 'react';

/**
 * The open dialog around us: lists that open over the page are drawn in it. All else lies under a modal dialog, where no pointer
 * reaches it.
 */
export const DialogHome = createContext<Element | null>(null);
