"""What chat requests and answers say, whichever format logged them: messages, parameters, answers, pairs."""
