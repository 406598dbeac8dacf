/** The program of a thread that ends before it can serve seeds. */
throw new Error("this thread cannot begin");
