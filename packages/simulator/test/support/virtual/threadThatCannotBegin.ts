/** The program of a thread that ends before it could serve seeds. */
throw new Error("this thread cannot begin");
