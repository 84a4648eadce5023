"""What is handed to others about the temperatures of a shipment.

``temperature_log`` writes CSV, ``summary`` sums up each sensor, ``shipment_readings`` finds the
readings of both; ``batches`` says what they left of each batch's shelf life, by the ``course`` of
temperature where it was. A log is about points (the compartments of a vehicle, a room) between two
instants.
"""
